using System.Globalization;
using System.Runtime.InteropServices;
using Capstan.Testing.Models;

// The scripted model as a program, for the bench and for tests that are not .NET:
//   capstan-model [--port P] [--deltas N] [--delay MS] [--scripts FILE]
// --deltas makes every turn the same fixed answer of N words, unparsed and unrecorded; --scripts takes {"name": [step, …]}.
var given = new Dictionary<string, string>();
for (var i = 0; i < args.Length; i += 2)
{
    if (args[i] is not ("--port" or "--deltas" or "--delay" or "--scripts") || i + 1 == args.Length)
    {
        await Console.Error.WriteLineAsync("usage: capstan-model [--port P] [--deltas N] [--delay MS] [--scripts FILE]");
        return 2;
    }

    given[args[i]] = args[i + 1];
}

var options = new ScriptedModelOptions
{
    Port = Number("--port") ?? 0,
    Scripts = given.TryGetValue("--scripts", out var file) ? ModelScript.ParseAll(await File.ReadAllTextAsync(file)) : [],
    Fast = Number("--deltas") is { } deltas
        ? new ModelStep { Text = string.Concat(Enumerable.Repeat("word ", deltas)), Delay = Number("--delay") ?? 0 }
        : null,
    Default = ModelStep.Say("default reply") with { Delay = Number("--delay") ?? 0 },
};
await using var model = await ScriptedModel.StartAsync(options);
Console.WriteLine($"model listening on {model.Url}");

var stop = new TaskCompletionSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
await stop.Task;
return 0;

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}

int? Number(string name) => given.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : null;
