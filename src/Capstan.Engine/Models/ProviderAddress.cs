using System.Text.Json.Nodes;
using Capstan.Engine.Configuration;

namespace Capstan.Engine.Models;

/// <summary>Base addresses of providers, as they are configured.</summary>
internal static class ProviderAddress
{
    /// <summary>
    /// The address of a model: <c>baseURL</c> of the provider's options, or else <paramref name="modelAddress"/>, which is the
    /// model's own address or the provider's.
    /// </summary>
    public static string Of(JsonObject options, string modelAddress) =>
        options.Text("baseURL") is { Length: > 0 } configured ? configured : modelAddress;

    /// <summary>All addresses that a provider's configuration names, as they are written.</summary>
    public static IEnumerable<string> All(JsonObject provider) => new[] { provider.Map("options").Text("baseURL"), provider.Text("api") }
        .Concat((provider.Map("models") ?? []).Select(static model => (model.Value as JsonObject).Map("provider").Text("api")))
        .OfType<string>()
        .Where(static address => address.Length > 0);

    /// <summary>Fills in the variables of an address, written <c>${NAME}</c>.</summary>
    /// <param name="address">The address.</param>
    /// <param name="variable">
    /// Gives the value of a variable; null leaves the variable as it is written, so that an error names it.
    /// </param>
    public static string Expand(string address, Func<string, string?> variable)
    {
        for (var start = address.IndexOf("${", StringComparison.Ordinal); start >= 0;)
        {
            var end = address.IndexOf('}', start);
            if (end < 0)
                break;
            if (variable(address[(start + 2)..end]) is { } value)
                (address, end) = (address[..start] + value + address[(end + 1)..], start + value.Length - 1);
            start = address.IndexOf("${", end + 1, StringComparison.Ordinal);
        }

        return address.TrimEnd('/');
    }
}
