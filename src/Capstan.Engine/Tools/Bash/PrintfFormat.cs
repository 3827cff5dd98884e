namespace Capstan.Engine.Tools.Bash;

/// <summary>Reads formats of <c>printf</c>.</summary>
internal static class PrintfFormat
{
    /// <summary>
    /// Whether a format has a <c>%n</c>, which assigns the number of
    /// characters printed so far to the variable that the argument names.
    /// </summary>
    public static bool Counts(string format)
    {
        for (var at = format.IndexOf('%', StringComparison.Ordinal); at >= 0; at = format.IndexOf('%', at + 1))
        {
            if (++at < format.Length && format[at] == '%')
                continue;
            // Skip flags, width, precision and size.
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
