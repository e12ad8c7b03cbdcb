using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>expand.exe -F:* X.msu FOLDER: yields what the installers find in a package.</summary>
internal sealed class ExpandProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string? filter = null;
        List<string> paths = [];
        foreach (string argument in arguments)
        {
            if (argument.StartsWith("-F:", StringComparison.OrdinalIgnoreCase) || argument.StartsWith("/F:", StringComparison.OrdinalIgnoreCase))
            {
                filter = argument[3..];
            }
            else if (argument[0] is '-' or '/')
            {
                return argument[1..].ToLowerInvariant() is "d" or "r" or "i" or "?"
                    ? throw new LabRefusalException($"expand {argument}")
                    : Fail($"Unrecognized switch: {argument}");
            }
            else
            {
                paths.Add(argument);
            }
        }

        if (filter is null || paths.Count != 2)
        {
            return filter is null && paths.Count > 0 ? throw new LabRefusalException("expand without -F:") : Fail("No destination specified.");
        }

        string source = machine.Files.Normalize(paths[0], context.CurrentDirectory);
        string folder = machine.Files.Normalize(paths[1], context.CurrentDirectory);
        if (!machine.Files.FileExists(source))
        {
            return Fail($"Can't open input file: {source}.");
        }

        if (!machine.Files.FolderExists(folder))
        {
            return Fail($"Can't open output file: {folder}.");
        }

        if (machine.Packages.Recognise(source) is not { } package)
        {
            return Fail($"{source} is not a valid cabinet.");
        }

        string stem = Path.GetFileNameWithoutExtension(package.File);
        (string Name, byte[] Content)[] parts =
        [
            ("WSUSSCAN.cab", Encoding.UTF8.GetBytes($"MSCF lab scan data of {package.Package}\n")),
            ($"{stem}.cab", PackageCatalog.CabinetOf(package)),
            ($"{stem}.xml", Encoding.UTF8.GetBytes("<unattend xmlns=\"urn:schemas-microsoft-com:unattend\" />\n")),
            ($"{stem}-pkgProperties.txt", Encoding.UTF8.GetBytes($"KB Article Number=\"{package.Kb[2..]}\"\r\n")),
        ];
        StringBuilder output = new();
        foreach ((string name, byte[] content) in parts.Where(p => Wildcard.Matches(filter, p.Name)))
        {
            machine.Files.WriteBytes($@"{folder}\{name}", content);
            output.Append($"Adding {folder}\\{name} to Extraction Queue\r\n");
        }

        return output.Length > 0 ? new(0, output + "\r\nExpanding Files ....\r\nExpanding Files Complete ...\r\n") : Fail("No files to expand.");
    }

    private static ProgramResult Fail(string text) => new(1, text + "\r\n");
}
