namespace Firebreak.Lab.Machines;

/// <summary>Environment variables as processes of an account see them.</summary>
internal static class EnvironmentBlock
{
    public static Dictionary<string, string> Of(MachineProfile profile, string account)
    {
        bool system = account.Length == 0 || account.StartsWith("NT AUTHORITY", StringComparison.OrdinalIgnoreCase);
        string user = system ? profile.Name + "$" : account[(account.LastIndexOf('\\') + 1)..];
        string home = system ? @"C:\Windows\System32\config\systemprofile" : $@"C:\Users\{user}";
        string temp = system ? @"C:\Windows\TEMP" : $@"{home}\AppData\Local\Temp";
        Dictionary<string, string> block = new(StringComparer.OrdinalIgnoreCase)
        {
            ["ALLUSERSPROFILE"] = @"C:\ProgramData",
            ["APPDATA"] = $@"{home}\AppData\Roaming",
            ["CommonProgramFiles"] = @"C:\Program Files\Common Files",
            ["COMPUTERNAME"] = profile.Name,
            ["ComSpec"] = @"C:\Windows\System32\cmd.exe",
            ["LOCALAPPDATA"] = $@"{home}\AppData\Local",
            ["NUMBER_OF_PROCESSORS"] = "2",
            ["OS"] = "Windows_NT",
            ["Path"] = @"C:\Windows\system32;C:\Windows;C:\Windows\System32\Wbem;C:\Windows\System32\WindowsPowerShell\v1.0\",
            ["PATHEXT"] = ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
            ["PROCESSOR_ARCHITECTURE"] = profile.Os.Arch == "x64" ? "AMD64" : profile.Os.Arch,
            ["ProgramData"] = @"C:\ProgramData",
            ["ProgramFiles"] = @"C:\Program Files",
            ["PUBLIC"] = @"C:\Users\Public",
            ["SystemDrive"] = "C:",
            ["SystemRoot"] = @"C:\Windows",
            ["TEMP"] = temp,
            ["TMP"] = temp,
            ["USERDOMAIN"] = system ? profile.Os.Workgroup : profile.Name,
            ["USERNAME"] = user,
            ["USERPROFILE"] = home,
            ["windir"] = @"C:\Windows",
        };
        if (profile.Os.Arch != "x86")
        {
            block["ProgramFiles(x86)"] = @"C:\Program Files (x86)";
            block["ProgramW6432"] = @"C:\Program Files";
        }

        foreach ((string name, string value) in profile.Environment)
        {
            block[name] = value;
        }

        return block;
    }
}
