using Microsoft.Extensions.AI;

namespace Capstan.Engine.Tests.Simulation;

/// <summary>What every provider demands of a history, and what a prompt may expect: that it is in it.</summary>
internal static class ModelHistoryCheck
{
    public static void Check(World world, IEnumerable<ChatMessage> messages)
    {
        var open = new List<string>();
        var isFirst = true;
        foreach (var message in messages)
        {
            if (isFirst != (message.Role == ChatRole.System))
                world.Violate("a history does not begin with its one system prompt");
            isFirst = false;
            if (message.Role != ChatRole.Tool && open.Count > 0)
                world.Violate($"a history goes on without results of {string.Join(", ", open)}");
            foreach (var content in message.Contents)
            {
                if (content is FunctionCallContent call)
                    open.Add(call.CallId);
                else if (content is FunctionResultContent result && !open.Remove(result.CallId))
                    world.Violate($"a history has a result of {result.CallId} without its call");
                else if (content is TextContent text && message.Role == ChatRole.User)
                    world.SeenByModel.Add(text.Text);
            }
        }

        if (open.Count > 0)
            world.Violate($"a history ends without results of {string.Join(", ", open)}");
    }
}
