namespace Firebreak.Lab.Machines;

/// <summary>A user who is logged on.</summary>
/// <param name="User">The account's name.</param>
/// <param name="Id">Number of the session.</param>
/// <param name="Remote">By Remote Desktop.</param>
/// <param name="Disconnected">Left without logging off.</param>
/// <param name="Since">Since when, lab time.</param>
public sealed record UserSession(string User, int Id, bool Remote, bool Disconnected, DateTimeOffset Since);
