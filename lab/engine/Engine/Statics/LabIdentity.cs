using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>[System.Security.Principal.WindowsIdentity]: as whom the session runs.</summary>
public sealed class LabIdentity
{
    private LabIdentity(string name) => Name = name;

    /// <summary>HOST\user.</summary>
    public string Name { get; }

    /// <summary>The session's own.</summary>
    public static LabIdentity GetCurrent() => new(SessionContext.Current.Account);
}

/// <summary>[System.Security.Principal.WindowsPrincipal] of the session's own identity.</summary>
public sealed class LabPrincipal
{
    private const string Administrators = "S-1-5-32-544";

    /// <summary>Of an identity.</summary>
    public LabPrincipal(LabIdentity ntIdentity) => Identity = ntIdentity;

    /// <summary>Whose it is.</summary>
    public LabIdentity Identity { get; }

    /// <summary>Whether the session's token has the group enabled; a token that UAC has filtered has not.</summary>
    public bool IsInRole(LabSid sid)
    {
        ArgumentNullException.ThrowIfNull(sid);
        return sid.Value == Administrators
            ? SessionContext.Current.Program.IsAdmin
            : throw new NotSupportedException($"the lab knows no members of {sid.Value}");
    }
}

/// <summary>[System.Security.Principal.SecurityIdentifier] by its text.</summary>
public sealed class LabSid
{
    /// <summary>S-1-….</summary>
    public LabSid(string sddlForm) => Value = sddlForm;

    /// <summary>S-1-….</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
