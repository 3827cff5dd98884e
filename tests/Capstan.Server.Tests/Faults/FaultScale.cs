using System.Globalization;

namespace Capstan.Server.Tests.Faults;

/// <summary>How much of a fault a test makes; the environment may ask for more or less.</summary>
internal static class FaultScale
{
    public static int Of(string variable, int usual) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var given) ? given : usual;
}
