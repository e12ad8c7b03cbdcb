namespace Firebreak.Lab.Machines;

/// <summary>Switches of the installers before Vista: NT 4's hotfix.exe, update.exe until 2003, update.exe from 2004 on.</summary>
internal sealed class UpdateOptions
{
    /// <summary>No user is asked.</summary>
    public bool IsUnattended { get; private set; }

    /// <summary>No restart at the end.</summary>
    public bool NoRestart { get; private set; }

    /// <summary>A restart at the end in any case.</summary>
    public bool ForceRestart { get; private set; }

    /// <summary>Nothing is kept for a removal.</summary>
    public bool NoBackup { get; private set; }

    /// <summary>Take it away (hotfix.exe /y, spuninst is a program of its own).</summary>
    public bool Remove { get; private set; }

    /// <summary>The switches; null: one of them is unknown and the program shows its usage.</summary>
    /// <exception cref="LabRefusalException">Known to the real program, not to the lab.</exception>
    public static UpdateOptions? Parse(string engine, IReadOnlyList<string> arguments)
    {
        UpdateOptions options = new();
        foreach (string argument in arguments)
        {
            if (argument.Length < 2 || argument[0] is not ('/' or '-') || !options.Take(engine, argument[1..].ToLowerInvariant()))
            {
                return null;
            }
        }

        return options;
    }

    private bool Take(string engine, string name)
    {
        bool isHotfix = engine == "hotfix";
        bool isNew = engine == "update2";
        switch (name)
        {
            case "q" or "u" when !(isHotfix && name == "u"):
            case "m" when isHotfix:
            case "quiet" or "passive" when isNew:
                IsUnattended = true;
                return true;
            case "z":
            case "norestart" when isNew:
                NoRestart = true;
                return true;
            case "f":
            case "forceappsclose" when isNew:
            case "o" when !isHotfix:
            case "overwriteoem" when isNew:
                return true;
            case "forcerestart" when isNew:
                ForceRestart = true;
                return true;
            case "n":
            case "nobackup" when isNew:
                NoBackup = true;
                return true;
            case "y" when isHotfix:
                Remove = true;
                return true;
            case "l" or "x":
            case var _ when name.StartsWith("x:", StringComparison.Ordinal):
            case var _ when isNew && (name is "uninstall" or "extract" || name.StartsWith("extract:", StringComparison.Ordinal) || name.StartsWith("log:", StringComparison.Ordinal)
                || name.StartsWith("integrate:", StringComparison.Ordinal) || name.StartsWith("warnrestart", StringComparison.Ordinal) || name == "promptrestart"):
                throw new LabRefusalException($"/{name} of the package's installer");
            default:
                return false;
        }
    }
}
