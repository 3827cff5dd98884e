using Capstan.Engine.Files;
using Capstan.Engine.Tests.Tools;
using Xunit;

namespace Capstan.Engine.Tests.Workspaces;

public sealed class PathContainmentTests : ToolTest
{
    private bool IsInside(string path, string worktree = "/") =>
        PathContainment.IsInside(PathContainment.Resolve(PathContainment.Absolute(path, Root)), Root, worktree);

    [Fact]
    public void A_symlink_that_points_outside_is_outside()
    {
        File.CreateSymbolicLink(Path.Combine(Root, "link"), Path.Combine(Outside, "secret"));
        Assert.False(IsInside("link"));
    }

    [Fact]
    public void A_new_file_below_a_symlinked_directory_is_where_the_link_leads()
    {
        Directory.CreateSymbolicLink(Path.Combine(Root, "dir"), Outside);
        Assert.False(IsInside("dir/new/deeper.txt"));
        Assert.Equal(Path.Combine(Outside, "new/deeper.txt"), PathContainment.Resolve(Path.Combine(Root, "dir/new/deeper.txt")));
    }

    [Fact]
    public void Two_dots_after_a_link_go_up_from_where_it_leads()
    {
        Directory.CreateDirectory(Path.Combine(Outside, "a"));
        Directory.CreateSymbolicLink(Path.Combine(Root, "dir"), Path.Combine(Outside, "a"));
        Assert.False(IsInside("dir/../x"));
    }

    [Fact]
    public void A_link_within_the_workspace_is_inside()
    {
        Put("real/file", "x");
        Directory.CreateSymbolicLink(Path.Combine(Root, "alias"), "real");
        Assert.True(IsInside("alias/file"));
    }

    [Fact]
    public void A_sibling_with_the_same_beginning_is_outside() => Assert.False(IsInside(Root + "-other/file"));

    [Fact]
    public void Two_dots_lead_outside() => Assert.False(IsInside("../outside/x"));

    [Fact]
    public void The_worktree_contains_and_the_root_of_the_disk_never_does()
    {
        Assert.True(IsInside(Path.Combine(Outside, "x"), Outside));
        Assert.False(IsInside("/etc/hostname", "/"));
    }

    [Fact]
    public void A_workspace_reached_through_a_link_contains_its_files()
    {
        var alias = Path.Combine(Outside, "alias");
        Directory.CreateSymbolicLink(alias, Root);
        Assert.True(PathContainment.IsInside(PathContainment.Resolve(Path.Combine(alias, "x")), alias, "/"));
    }

    [Fact]
    public void Links_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(Path.Combine(Root, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(Root, "b"), "a");
        Assert.Throws<IOException>(() => PathContainment.Resolve(Path.Combine(Root, "a")));
    }
}
