using System.Security.Cryptography;
using System.Text;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_ComputerSystemProduct.</summary>
internal sealed class ComputerSystemProductClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_ComputerSystemProduct";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["IdentifyingNumber", "Name", "Version"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        // The same at every start of a lab, and different for each host.
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes("lab machine " + context.HostName + " " + context.Machine.Name));
        yield return
        [
            ("Caption", "Computer System Product"),
            ("Description", "Computer System Product"),
            ("IdentifyingNumber", Convert.ToHexString(hash, 16, 8)),
            ("Name", "Lab machine"),
            ("SKUNumber", null),
            ("UUID", new Guid(hash.AsSpan(0, 16)).ToString().ToUpperInvariant()),
            ("Vendor", "Firebreak"),
            ("Version", "1"),
        ];
    }
}
