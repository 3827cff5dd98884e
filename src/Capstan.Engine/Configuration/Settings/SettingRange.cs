namespace Capstan.Engine.Configuration.Settings;

/// <summary>What a number among the settings may be.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">What it was set to, if it was.</param>
/// <param name="Least">The smallest that makes sense.</param>
/// <param name="Most">The largest; for times by default what a timer can wait for, some 24 days.</param>
internal readonly record struct SettingRange(string Key, long? Value, long Least = 0, long Most = int.MaxValue)
{
    /// <summary>What is wrong with the first that is out of its range, or null.</summary>
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
