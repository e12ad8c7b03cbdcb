namespace Firebreak.Lab.Machines;

/// <summary>A name and password for another machine.</summary>
/// <param name="User">user, MACHINE\user or user@domain.</param>
/// <param name="Password">Its password.</param>
public sealed record RemoteCredential(string User, string Password)
{
    /// <summary>The name alone: a machine of a workgroup knows no domain but itself and looks any name up among its own accounts.</summary>
    public string Name => User[(User.LastIndexOf('\\') + 1)..].Split('@')[0];

    /// <inheritdoc/>
    public override string ToString() => User;
}
