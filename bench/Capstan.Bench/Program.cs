using Capstan.Bench;
using System.CommandLine;

// An interrupt ends the servers before it ends the benchmark, and that takes a moment.
return await BenchCommand.Create().Parse(args)
    .InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(15) });
