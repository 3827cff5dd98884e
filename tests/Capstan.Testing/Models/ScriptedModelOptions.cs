namespace Capstan.Testing.Models;

/// <summary>How a <see cref="ScriptedModel"/> answers. Everything has a default that works.</summary>
public sealed record ScriptedModelOptions
{
    /// <summary>Port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Scripts that markers can name.</summary>
    public IReadOnlyList<ModelScript> Scripts { get; init; } = [];

    /// <summary>Answers before any marker is looked at; null, or a null result, leaves the call to the scripts.</summary>
    public Func<ModelCall, ModelStep?>? Respond { get; init; }

    /// <summary>Answers calls without a marker, with an unknown one, or past the end of their script.</summary>
    public ModelStep Default { get; init; } = ModelStep.Say("default reply");

    /// <summary>Answers requests for a title.</summary>
    public ModelStep Title { get; init; } = ModelStep.Say("Fake title");

    /// <summary>Answers requests for a summary of the conversation.</summary>
    public ModelStep Summary { get; init; } = ModelStep.Say("SUMMARY OF CONVERSATION");

    /// <summary>
    /// For benchmarks: every call with tools gets this step, encoded once; requests are neither parsed nor recorded, and
    /// calls without tools get the title. Only the content, <c>Delay</c>, <c>Finish</c> and <c>Usage</c> of it count.
    /// </summary>
    public ModelStep? Fast { get; init; }

    /// <summary>The clock for <see cref="ModelStep.Delay"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}
