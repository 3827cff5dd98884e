using Capstan.Contract;
using Capstan.Engine.Admission;
using Capstan.Engine.Turns;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>A prompt as its client knows it.</summary>
internal sealed class SentPrompt(SimulatedServer server, string sessionID, string text, PromptRequest request)
{
    public enum Answer
    {
        /// <summary>None came: the server may or may not have it.</summary>
        None,
        Accepted,
        Refused,
        Failed,
    }

    public SimulatedServer Server => server;

    public string SessionID => sessionID;

    public string Text => text;

    public PromptRequest Request => request;

    public bool IsInjection => request.NoReply == true;

    public Answer Outcome { get; private set; }

    public string? MessageID { get; private set; }

    public Task<TurnResult>? Turn { get; private set; }

    public void Accept(AdmissionResult.Accepted accepted) =>
        (Outcome, MessageID, Turn) = (Answer.Accepted, accepted.MessageID, accepted.TurnEnded);

    public void Refuse() => Outcome = Answer.Refused;

    public void Fail() => Outcome = Answer.Failed;
}
