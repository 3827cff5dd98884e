using System.Collections.Concurrent;
using System.Net;
using System.Net.Mime;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Capstan.Testing.Models;

/// <summary>
/// A language model that says what a test tells it to, over real HTTP, in the shape of OpenAI chat completions
/// (<c>POST /v1/chat/completions</c>, streaming; <c>GET /v1/models</c>).
/// An answer is looked for in this order: title and summary calls; <see cref="ScriptedModelOptions.Respond"/>; the
/// script named by <c>[script:NAME]</c> in the newest user text that has one, at the step that equals the number of
/// assistant messages since; <see cref="ScriptedModelOptions.Default"/>.
/// </summary>
public sealed class ScriptedModel : IAsyncDisposable
{
    private static readonly TimeSpan SafetyNet = TimeSpan.FromSeconds(60);

    private readonly ScriptedModelOptions _options;
    private readonly WebApplication _app;
    private readonly OpenAiChatWire _wire = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentDictionary<string, ModelScript> _scripts;
    private readonly Dictionary<(string Session, string Script, int Step), int> _attempts = [];
    private readonly List<ModelCall> _calls = [];
    private readonly List<(Func<ModelCall, bool> Matches, TaskCompletionSource<ModelCall> Found)> _waiting = [];
    private readonly Lock _lock = new();
    private readonly FastAnswer? _fast;
    private readonly FastAnswer? _fastTitle;
    private int _served;

    private ScriptedModel(ScriptedModelOptions options)
    {
        _options = options;
        _scripts = new(options.Scripts.Select(script => KeyValuePair.Create(script.Name, script)));
        if (options.Fast is { } fast)
        {
            _fast = new FastAnswer(_wire, fast, options.Time);
            _fastTitle = new FastAnswer(_wire, options.Title, options.Time);
        }

        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });

        // Sent inline, a flush returns when the socket has the bytes: a cut must not take with it what went before.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _app = builder.Build();
        _app.Run(HandleAsync);
    }

    /// <summary>The base address that goes into a provider's <c>baseURL</c>: <c>http://127.0.0.1:PORT/v1</c>.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>The recorded calls, in order of arrival.</summary>
    public IReadOnlyList<ModelCall> Calls
    {
        get
        {
            lock (_lock)
                return [.. _calls];
        }
    }

    /// <summary>The recorded calls that belong to turns.</summary>
    public IReadOnlyList<ModelCall> Turns => [.. Calls.Where(call => call.Kind == ModelCallKind.Turn)];

    /// <summary>How many calls have been answered, unrecorded ones included.</summary>
    public int Served => Volatile.Read(ref _served);

    /// <summary>Starts a model.</summary>
    public static async Task<ScriptedModel> StartAsync(ScriptedModelOptions? options = null, CancellationToken cancellationToken = default)
    {
        var model = new ScriptedModel(options ?? new());
        await model._app.StartAsync(cancellationToken);
        var address = model._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        model.Url = new Uri($"{address}/v1");
        return model;
    }

    /// <summary>Adds or replaces a script.</summary>
    public void Set(string name, params IReadOnlyList<ModelStep> steps) => Set(new ModelScript(name, steps));

    /// <summary>Adds or replaces a script.</summary>
    public void Set(ModelScript script) => _scripts[script.Name] = script;

    /// <summary>The first call that matches, whether it has already arrived or is still to come; fails where none does within a minute.</summary>
    public Task<ModelCall> CallAsync(Func<ModelCall, bool>? matches = null, CancellationToken cancellationToken = default)
    {
        matches ??= call => call.Kind == ModelCallKind.Turn;
        lock (_lock)
        {
            if (_calls.Find(call => matches(call)) is { } call)
                return Task.FromResult(call);
            var found = new TaskCompletionSource<ModelCall>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((matches, found));
            return found.Task.WaitAsync(SafetyNet, cancellationToken);
        }
    }

    /// <summary>Ends every open stream and stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.StopAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (HttpMethods.IsGet(context.Request.Method) && context.Request.Path == "/v1/models")
        {
            context.Response.ContentType = MediaTypeNames.Application.Json;
            await context.Response.WriteAsync("""{"object":"list","data":[{"id":"echo","object":"model","created":1,"owned_by":"fake"}]}""");
            return;
        }

        if (!HttpMethods.IsPost(context.Request.Method) || context.Request.Path != "/v1/chat/completions")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        Interlocked.Increment(ref _served);
        if (_fast is { } fast)
        {
            var answer = await FastAnswer.HasToolsAsync(context.Request.BodyReader, context.RequestAborted) ? fast : _fastTitle!;
            await answer.WriteAsync(context);
            return;
        }

        var body = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body, cancellationToken: context.RequestAborted);
        var call = Record(new ChatRequest(body), context.Request.Headers);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            var answer = new ScriptedAnswer(_wire, StepFor(call), call.Attempt, _options.Time);
            call.End(await answer.WriteAsync(context, leaving.Token));
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException)
        {
            call.End(_stopping.IsCancellationRequested ? ModelCallEnd.Stopped : ModelCallEnd.ClientGone);
            context.Abort();
        }
    }

    private ModelCall Record(ChatRequest request, IHeaderDictionary headers)
    {
        ModelCall call;
        lock (_lock)
        {
            // Retries are counted per session: two sessions may run the same script side by side.
            var session = headers["x-session-id"].ToString();
            var key = (session, request.Kind == ModelCallKind.Turn ? request.Script ?? "" : $"<{request.Kind}>", request.Step);
            var attempt = _attempts.GetValueOrDefault(key);
            _attempts[key] = attempt + 1;

            call = new ModelCall
            {
                Order = _calls.Count,
                Kind = request.Kind,
                Body = request.Body,
                Headers = headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                Script = request.Script,
                Step = request.Step,
                Attempt = attempt,
                UserText = request.UserText,
            };
            _calls.Add(call);
            for (var i = _waiting.Count - 1; i >= 0; i--)
            {
                if (!_waiting[i].Matches(call))
                    continue;
                _waiting[i].Found.TrySetResult(call);
                _waiting.RemoveAt(i);
            }
        }

        return call;
    }

    private ModelStep StepFor(ModelCall call) => call.Kind switch
    {
        ModelCallKind.Title => _options.Title,
        ModelCallKind.Summary => _options.Summary,
        _ => _options.Respond?.Invoke(call)
            ?? (call.Script is { } name && _scripts.TryGetValue(name, out var script) && call.Step < script.Steps.Count
                ? script.Steps[call.Step]
                : _options.Default),
    };
}
