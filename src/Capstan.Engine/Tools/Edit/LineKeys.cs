namespace Capstan.Engine.Tools.Edit;

/// <summary>Returns the form by which a line is compared.</summary>
internal delegate ReadOnlySpan<char> LineForm(ReadOnlySpan<char> line);

/// <summary>The lines of the file and of the wanted text as numbers. Lines with the same form have the same number.</summary>
/// <param name="File">The numbers of the file's lines.</param>
/// <param name="Wanted">The numbers of the wanted text's lines.</param>
/// <param name="Blank">The number of lines whose form is empty.</param>
internal sealed record LineKeys(int[] File, int[] Wanted, int Blank)
{
    /// <summary>Numbers the lines of both texts.</summary>
    public static LineKeys Of(LineIndex file, LineIndex wanted, LineForm form, EditBudget budget)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = 0 };
        var known = numbers.GetAlternateLookup<ReadOnlySpan<char>>();
        return new LineKeys(Number(file), Number(wanted), 0);

        int[] Number(LineIndex lines)
        {
            var keys = new int[lines.Count];
            for (var i = 0; i < keys.Length; i++)
            {
                budget.Spend(lines[i].Length + 1);
                var text = form(lines[i]);
                if (!known.TryGetValue(text, out keys[i]))
                    known[text] = keys[i] = numbers.Count;
            }

            return keys;
        }
    }
}
