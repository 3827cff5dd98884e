using Capstan.Engine.Configuration.Settings;
using Xunit;

namespace Capstan.Server.Tests.FirstMinutes;

/// <summary>The limits of the server are those that docs/configuration.md names, and what the settings say in their place.</summary>
public sealed class ServerDefaultsTests
{
    private static readonly ServerOptions Defaults = new() { Version = "0", Directory = "/" };

    [Fact]
    public void What_is_not_set_is_what_the_settings_describe_as_default()
    {
        Assert.Equal(Described(ServerSettings.Default), Described(Defaults));
        Assert.Equal(Described(ServerSettings.Default), Described(Defaults.With(new ServerSettings())));
    }

    [Fact]
    public void What_is_set_counts()
    {
        var settings = new ServerSettings
        {
            MaxBodySize = 1, Heartbeat = 2, EarlyHeaders = 3, KeepAlive = 4, AnswerDelay = 5, Drain = 6, ResponseBuffer = 7, SendBuffer = 8,
        };

        Assert.Equal([1, 2, 3, 4, 5, 6, 7, 8], Described(Defaults.With(settings)));
    }

    private static long?[] Described(ServerSettings settings) =>
    [
        settings.MaxBodySize, settings.Heartbeat, settings.EarlyHeaders, settings.KeepAlive, settings.AnswerDelay, settings.Drain,
        settings.ResponseBuffer, settings.SendBuffer,
    ];

    private static long?[] Described(ServerOptions options) =>
    [
        options.MaxBodySize, Milliseconds(options.Heartbeat), Milliseconds(options.EarlyHeaders), Milliseconds(options.KeepAlive),
        Milliseconds(options.AnswerDelay), Milliseconds(options.Drain), options.ResponseBuffer, options.SendBuffer,
    ];

    private static long Milliseconds(TimeSpan time) => (long)time.TotalMilliseconds;
}
