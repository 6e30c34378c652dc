using System.Globalization;
using System.Text.RegularExpressions;

namespace Lhts.Launching;

/// <summary>Reads Slurm's short forms for many hosts.</summary>
internal static partial class HostLists
{
    /// <summary>The first name of a list of hosts such as <c>node[01-04,7]-ib,other</c>, or null where there is none.</summary>
    public static string? First(string list)
    {
        var match = FirstName().Match(list);
        return match.Success ? match.Groups["prefix"].Value + match.Groups["number"].Value + match.Groups["suffix"].Value : null;
    }

    /// <summary>The number for one host in a list such as <c>4(x2),3</c>, which stands for 4, 4, 3; null where the list has none for it.</summary>
    public static int? At(string list, int host)
    {
        foreach (var part in list.Split(','))
        {
            if (Repeated().Match(part) is not { Success: true } match) return null;
            host -= match.Groups["times"] is { Success: true, Value: var times } ? int.Parse(times, CultureInfo.InvariantCulture) : 1;
            if (host < 0) return int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture);
        }

        return null;
    }

    [GeneratedRegex(@"^(?<prefix>[^,\[\]]*)(\[(?<number>\d+)[^\]]*\](?<suffix>[^,\[\]]*))?(,|$)")]
    private static partial Regex FirstName();

    [GeneratedRegex(@"^(?<number>\d{1,6})(\(x(?<times>\d{1,6})\))?$")]
    private static partial Regex Repeated();
}
