namespace Capstan.Engine.Configuration.Settings;

/// <summary>The range of values that a number among the settings may have.</summary>
/// <param name="Key">The setting's key.</param>
/// <param name="Value">The setting's value; null where it is not set.</param>
/// <param name="Least">The smallest value that is allowed.</param>
/// <param name="Most">
/// The largest value that is allowed; by default the longest time that a timer takes, some 24 days in milliseconds.
/// </param>
internal readonly record struct SettingRange(string Key, long? Value, long Least = 0, long Most = int.MaxValue)
{
    /// <summary>Describes the first setting that is out of its range; null where there is none.</summary>
    public static (string Key, string Reason)? Check(string block, params ReadOnlySpan<SettingRange> settings)
    {
        foreach (var setting in settings)
        {
            if (setting.Value < setting.Least || setting.Value > setting.Most)
                return ($"{block}.{setting.Key}", $"must be from {setting.Least} to {setting.Most}");
        }

        return null;
    }
}
