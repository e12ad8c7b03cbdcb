namespace Firebreak.Lab.Machines;

/// <summary>What became of a logon.</summary>
/// <param name="Granted">Whether it is in.</param>
/// <param name="Admin">Whether the account is an administrator.</param>
/// <param name="Account">Canonical name HOST\User, if known.</param>
/// <param name="Reason">ok, unknown-user, bad-password, locked-out, disabled or restricted (the password is right, but empty).</param>
public sealed record LogonResult(bool Granted, bool Admin, string? Account, string Reason);
