namespace Capstan.Engine.Tools.Bash;

/// <summary>Formats of <c>printf</c>.</summary>
internal static class PrintfFormat
{
    /// <summary>Whether it has a <c>%n</c>, which assigns the number of characters until then to the variable that the argument names.</summary>
    public static bool Counts(string format)
    {
        for (var at = format.IndexOf('%', StringComparison.Ordinal); at >= 0; at = format.IndexOf('%', at + 1))
        {
            if (++at < format.Length && format[at] == '%')
                continue;
            // Flags, width, precision and size.
            while (at < format.Length && "#'-+ 0123456789.*$hjlLqtz".Contains(format[at], StringComparison.Ordinal))
                at++;
            if (at >= format.Length)
                return false;
            if (format[at] == 'n')
                return true;
        }

        return false;
    }
}
