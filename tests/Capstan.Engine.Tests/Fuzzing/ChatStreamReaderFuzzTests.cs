using System.Text;
using Capstan.Engine.Models;
using Capstan.Engine.Models.OpenAICompatible;
using Capstan.Testing.Fuzzing;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Capstan.Engine.Tests.Fuzzing;

/// <summary>A model's server may send anything. What comes of it is an answer or a <see cref="ModelException"/>, and nothing else.</summary>
public sealed class ChatStreamReaderFuzzTests
{
    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(3000);

    private static readonly string[] Chunks =
    [
        """{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"},"finish_reason":null}]}""",
        """{"choices":[{"index":0,"delta":{"reasoning_content":"Hm"},"finish_reason":null}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"read","arguments":""}}]}}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"a\":1}"}}]}}]}""",
        """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"prompt_tokens_details":{"cached_tokens":1}}}""",
        """{"error":{"message":"overloaded","type":"server_error","code":"overloaded"}}""",
        """{"choices":[],"usage":{"prompt_tokens":1,"completion_tokens_details":{"reasoning_tokens":1}}}""",
    ];

    [Fact]
    public void Damaged_chunks_are_an_answer_or_a_model_exception() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[]>(),
        static seeds => Reads(seeds.Select(static seed => JsonDamage.Of(Chunks[(seed & int.MaxValue) % Chunks.Length], seed)))).Check(Thorough);

    [Fact]
    public void Random_bytes_are_an_answer_or_a_model_exception() => Prop.ForAll(
        ArbMap.Default.ArbFor<byte[][]>(), static chunks => Reads(chunks)).Check(Thorough);

    [Fact]
    public void Sound_chunks_in_any_order_are_an_answer_or_a_model_exception() => Prop.ForAll(
        ArbMap.Default.ArbFor<int[]>(),
        static picks => Reads(picks.Select(static pick => Encoding.UTF8.GetBytes(Chunks[(pick & int.MaxValue) % Chunks.Length])))).Check(Thorough);

    private static bool Reads(IEnumerable<byte[]> chunks)
    {
        var reader = new ChatStreamReader(new Uri("http://model.invalid/"));
        try
        {
            foreach (var chunk in chunks)
                reader.Read(chunk);
            reader.Finish();
        }
        catch (ModelException)
        {
            // The one way to fail.
        }

        return true;
    }
}
