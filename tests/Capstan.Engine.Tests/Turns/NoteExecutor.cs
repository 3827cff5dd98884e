using System.Text;
using Capstan.Contract;
using Capstan.Engine.Storage;
using Capstan.Engine.Turns;

namespace Capstan.Engine.Tests.Turns;

/// <summary>A kind of work that no model carries out: it writes its payload into a message.</summary>
internal sealed class NoteExecutor : IWorkExecutor
{
    public string Kind => "note";

    public bool MayJoin => false;

    public AssistantMessage Open(AssistantMessage message, WorkRow work) =>
        message with { Mode = Encoding.UTF8.GetString(work.Payload!.Value.Span) };

    public async Task<StepOutcome> RunAsync(StepScope scope, CancellationToken stop)
    {
        var message = scope.Plan.Message;
        await scope.Journal.PostAsync(transaction =>
        {
            transaction.PutPart(new TextPart { ID = $"prt_{message.ID}", SessionID = message.SessionID, MessageID = message.ID, Text = message.Mode });
            transaction.EndStep(message with { Time = message.Time with { Completed = transaction.Now } }, StepOutcome.Stop);
        });
        return StepOutcome.Stop;
    }
}
