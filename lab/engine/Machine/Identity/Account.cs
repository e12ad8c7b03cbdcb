namespace Firebreak.Lab.Machines;

/// <summary>A local account.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Admin">Whether it is in the local Administrators group.</param>
/// <param name="Disabled">Whether it is disabled.</param>
/// <param name="Sid">Its SID.</param>
/// <param name="LockedOut">Whether it is locked out now.</param>
/// <param name="BadLogons">Bad passwords in the current window.</param>
/// <param name="PasswordRequired">Whether it must have a password.</param>
/// <param name="PasswordExpires">Whether its password gets too old.</param>
public sealed record Account(string Name, bool Admin, bool Disabled, string Sid, bool LockedOut, int BadLogons, bool PasswordRequired, bool PasswordExpires);
