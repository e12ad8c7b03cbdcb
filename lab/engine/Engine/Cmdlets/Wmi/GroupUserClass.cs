using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>Win32_GroupUser: who is in a local group, as paths of both.</summary>
internal sealed class GroupUserClass : WmiClass
{
    /// <inheritdoc/>
    public override string Name => "Win32_GroupUser";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["GroupComponent", "PartComponent"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        string Path(string name, string of) => $"\\\\{context.Machine.Name}\\root\\cimv2:{of}.Domain=\"{context.Machine.Name}\",Name=\"{name}\"";
        foreach (Account account in context.Machine.Accounts.All.Where(a => a.Admin))
        {
            yield return [("GroupComponent", Path("Administrators", "Win32_Group")), ("PartComponent", Path(account.Name, "Win32_UserAccount"))];
        }
    }
}
