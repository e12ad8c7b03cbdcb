using System.Text;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>The command line of powershell.exe. Names may be shortened as far as they stay clear.</summary>
internal sealed class PowerShellArguments
{
    // In the order in which a shortened name is looked for (about_PowerShell_exe).
    private static readonly (string Name, bool HasValue)[] Known =
    [
        ("command", true), ("file", true), ("encodedcommand", true), ("executionpolicy", true), ("inputformat", true), ("outputformat", true),
        ("noexit", false), ("nologo", false), ("noninteractive", false), ("noprofile", false), ("psconsolefile", true), ("configurationname", true),
        ("sta", false), ("mta", false), ("version", true), ("windowstyle", true), ("help", false),
    ];

    private bool _isEncoded;
    private bool _hasOutputFormat;

    /// <summary>Script file, or null.</summary>
    public string? File { get; private set; }

    /// <summary>Arguments of the script file.</summary>
    public IReadOnlyList<string> FileArguments { get; private set; } = [];

    /// <summary>Script text, or null.</summary>
    public string? Command { get; private set; }

    /// <summary>
    /// Whether errors go to standard error as CLIXML: powershell.exe takes who hands it an encoded command, without a word
    /// of the output's format, for another PowerShell.
    /// </summary>
    public bool HasXmlErrors => _isEncoded && !_hasOutputFormat;

    /// <summary>What is wrong with the command line, or null.</summary>
    public string? Error { get; private set; }

    /// <summary>Reads the arguments.</summary>
    public static PowerShellArguments Parse(IReadOnlyList<string> arguments)
    {
        var result = new PowerShellArguments();
        for (int i = 0; i < arguments.Count; i++)
        {
            string argument = arguments[i];
            if (argument.Length < 2 || argument[0] is not ('-' or '/'))
            {
                // Windows PowerShell takes what is no parameter as a command.
                result.Command = string.Join(' ', arguments.Skip(i));
                return result;
            }
            string given = argument[1..].ToLowerInvariant();
            string name = given switch
            {
                "ec" or "e" or "enc" => "encodedcommand",
                "ep" or "ex" => "executionpolicy",
                _ => Known.FirstOrDefault(k => k.Name.StartsWith(given, StringComparison.Ordinal)).Name ?? "",
            };
            string value = i + 1 < arguments.Count ? arguments[i + 1] : "";
            switch (name)
            {
                case "":
                    result.Command = string.Join(' ', arguments.Skip(i));
                    return result;
                case "command":
                    result.Command = string.Join(' ', arguments.Skip(i + 1));
                    return result;
                case "file":
                    result.File = value;
                    result.FileArguments = [.. arguments.Skip(i + 2)];
                    return result;
                case "encodedcommand":
                    result.Decode(value);
                    return result;
                case "outputformat":
                    result._hasOutputFormat = true;
                    break;
                case "noexit" or "psconsolefile" or "configurationname" or "help":
                    throw new LabRefusalException("powershell.exe -" + name);
            }
            if (name == "outputformat" && !"text".StartsWith(value, StringComparison.OrdinalIgnoreCase))
            {
                throw new LabRefusalException("powershell.exe -OutputFormat " + value);
            }
            i += Known.First(k => k.Name == name).HasValue ? 1 : 0;
        }
        return result;
    }

    private void Decode(string text)
    {
        _isEncoded = true;
        try
        {
            Command = Encoding.Unicode.GetString(Convert.FromBase64String(text));
        }
        catch (FormatException)
        {
            Error = "Cannot process the command because the value specified with -EncodedCommand is not properly encoded. The value must be Base64 encoded.";
        }
    }
}
