using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>What Windows says of the Authenticode signature of a file.</summary>
/// <param name="Status">A SignatureStatus: Valid, NotSigned, HashMismatch, UnknownError.</param>
/// <param name="Subject">Of the signer's certificate; null: it has none.</param>
public sealed record PackageSignature(string Status, string? Subject)
{
    /// <summary>Who signs packages of Windows.</summary>
    public const string Microsoft = "CN=Microsoft Corporation, OU=MOPR, O=Microsoft Corporation, L=Redmond, S=Washington, C=US";

    /// <summary>
    /// Of a file on this machine. A package of the lab is signed as its data says; one whose first line names a package, and
    /// whose content is another, was changed after that. Anything else was never signed.
    /// </summary>
    /// <exception cref="LabRefusalException">A file of the system itself, whose signature is in a catalog.</exception>
    internal static PackageSignature Of(PackageCatalog packages, FileTable files, string path, string systemFolder)
    {
        if (path.StartsWith(systemFolder + "\\", StringComparison.OrdinalIgnoreCase))
        {
            throw new LabRefusalException("signatures of the system's own files");
        }

        if (packages.Recognise(path) is { } package)
        {
            return Signed("Valid", package);
        }

        string line = Encoding.UTF8.GetString(files.ReadBytes(path).AsSpan()[..(int)Math.Min(200, files.Get(path)!.Size)]).Split('\r', '\n')[0];
        return packages.Known.FirstOrDefault(p => line == $"Firebreak lab package {p.Package}") is { } named ? Signed("HashMismatch", named) : new("NotSigned", null);
    }

    private static PackageSignature Signed(string status, PackageProfile package) => package.Signer switch
    {
        "" => new("NotSigned", null),
        null => new(status, Microsoft),
        _ => new(status, package.Signer),
    };
}
