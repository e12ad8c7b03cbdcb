using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Cmdlets.Wmi;

/// <summary>FirewallProduct of the Security Center: firewalls of others that have registered, kept in the registry. Windows' own is none.</summary>
internal sealed class FirewallProductClass : WmiClass
{
    /// <summary>Namespace since Vista SP1.</summary>
    public const string Space = @"root\securitycenter2";

    private const string Providers = @"HKLM\SOFTWARE\Microsoft\Security Center\Provider\Fw";

    /// <inheritdoc/>
    public override string Name => "FirewallProduct";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Namespaces { get; } = [Space];

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys { get; } = ["instanceGuid"];

    /// <inheritdoc/>
    protected override IEnumerable<IReadOnlyList<(string Name, object? Value)>> Rows(SessionContext context)
    {
        // Clients have the Security Center, servers have not.
        if (context.Machine.Os.ProductType != 1 || context.Machine.Os.Number < new Version(6, 0))
        {
            throw WmiException.InvalidNamespace(Space);
        }

        RegistryTree registry = context.Machine.Registry;
        foreach (string id in registry.SubKeyNames(Providers) ?? [])
        {
            object? Value(string name) => registry.GetValue($@"{Providers}\{id}", name)?.Data;
            yield return [("displayName", Value("DISPLAYNAME")), ("instanceGuid", id), ("pathToSignedReportingExe", Value("REPORTINGEXE")), ("productState", Value("STATE") is int state ? (uint)state : 0u)];
        }
    }
}
