using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Win32;

namespace Firebreak.Wine.Installer;

/// <summary>
/// Stands for a package of its time: takes the switches of update.exe, leaves the registry key and the log that one
/// leaves, and ends with one of its exit codes. Which one, the name of the file says: <c>…-exit3010.exe</c>. Called
/// <c>ipsecpol.exe</c> it only writes down what it was asked for, each call a text.
/// </summary>
internal static partial class Program
{
    // ERROR_INVALID_PARAMETER, ERROR_SUCCESS_REBOOT_REQUIRED
    private const int BadSwitch = 87;
    private const int RebootRequired = 3010;

    private static readonly HashSet<string> Switches = new(StringComparer.OrdinalIgnoreCase)
    {
        "/u", "/q", "/z", "/f", "/n", "/o", "/quiet", "/passive", "/norestart", "/forcerestart",
    };

    private static int Main(string[] args)
    {
        string name = Path.GetFileNameWithoutExtension(Environment.ProcessPath) ?? "";
        if (name.Equals("ipsecpol", StringComparison.OrdinalIgnoreCase))
        {
            WriteDown(args);
            return 0;
        }
        string? wrong = args.FirstOrDefault(each => !Switches.Contains(each));
        if (wrong is not null)
        {
            Console.Error.WriteLine($"unknown switch {wrong}");
            return BadSwitch;
        }
        int code = CodeIn(name);
        if (code is 0 or RebootRequired)
        {
            using RegistryKey key = Registry.LocalMachine.CreateSubKey($@"SOFTWARE\Microsoft\Updates\Firebreak\{name}");
            key.SetValue("Installed", 1, RegistryValueKind.DWord);
            key.SetValue("Switches", args, RegistryValueKind.MultiString);
            // How often it ran: nothing may install twice.
            int runs = key.GetValue("Runs") is int before ? before : 0;
            key.SetValue("Runs", runs + 1, RegistryValueKind.DWord);
        }
        if (Number().Match(name) is { Success: true } number)
        {
            string log = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.Windows), number.Value + ".log");
            File.WriteAllText(log, $"{name} ended with {code.ToString(CultureInfo.InvariantCulture)}\r\n");
        }
        Console.WriteLine($"{name}: {code.ToString(CultureInfo.InvariantCulture)}");
        return code;
    }

    private static void WriteDown(string[] args)
    {
        using RegistryKey key = Registry.LocalMachine.CreateSubKey(@"SOFTWARE\FirebreakTest\ipsecpol");
        string[] before = key.GetValue("Calls") as string[] ?? [];
        key.SetValue("Calls", before.Append(string.Join('|', args)).ToArray(), RegistryValueKind.MultiString);
    }

    [GeneratedRegex(@"KB\d+")]
    private static partial Regex Number();

    private static int CodeIn(string name)
    {
        int at = name.LastIndexOf("-exit", StringComparison.OrdinalIgnoreCase);
        return at >= 0 && int.TryParse(name.AsSpan(at + 5), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code) ? code : 0;
    }
}
