using System.Globalization;

namespace Lhts.Extensions;

/// <summary>The memory of this process and machine, as Linux gives it under /proc; nothing elsewhere.</summary>
internal static class ProcessMemory
{
    /// <summary>Resident bytes now and at most, and what the machine has; null where there is no /proc.</summary>
    public static DeviceMemory? Read()
    {
        if (!File.Exists("/proc/self/status")) return null;
        var process = Fields("/proc/self/status");
        var machine = Fields("/proc/meminfo");
        return new DeviceMemory(process("VmRSS"), process("VmHWM"), null, machine("MemAvailable"), machine("MemTotal"));
    }

    /// <summary>The processor's name, "CPU" where there is none to be read.</summary>
    public static string ProcessorName()
    {
        const string Key = "model name";
        if (!File.Exists("/proc/cpuinfo")) return "CPU";
        var line = File.ReadLines("/proc/cpuinfo").FirstOrDefault(text => text.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? "CPU" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    /// <summary>Finds a line such as <c>VmRSS:  1234 kB</c>, in bytes.</summary>
    private static Func<string, long> Fields(string path)
    {
        var text = File.ReadAllText(path);
        return key =>
        {
            var start = text.IndexOf(key + ":", StringComparison.Ordinal) + key.Length + 1;
            var number = text.AsSpan(start, text.IndexOf("kB", start, StringComparison.Ordinal) - start);
            return long.Parse(number, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture) * 1024;
        };
    }
}
