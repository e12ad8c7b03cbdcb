using System.Globalization;
using System.Management.Automation.Host;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>The host of a powershell.exe that nobody sits in front of.</summary>
internal sealed class ProgramHost(SessionContext context, ProgramHostUi ui) : PSHost
{
    /// <summary>What it wrote.</summary>
    public ProgramHostUi Ui => ui;

    /// <summary>The code of exit at top level, or null.</summary>
    public int? ExitCode { get; private set; }

    /// <inheritdoc/>
    public override string Name => "ConsoleHost";

    /// <inheritdoc/>
    public override Version Version => context.PSVersion;

    /// <inheritdoc/>
    public override Guid InstanceId { get; } = Guid.NewGuid();

    /// <inheritdoc/>
    public override PSHostUserInterface UI => ui;

    /// <inheritdoc/>
    public override CultureInfo CurrentCulture => context.Culture;

    /// <inheritdoc/>
    public override CultureInfo CurrentUICulture => context.Culture;

    /// <inheritdoc/>
    public override void SetShouldExit(int exitCode) => ExitCode = exitCode;

    /// <inheritdoc/>
    public override void EnterNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void ExitNestedPrompt() => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void NotifyBeginApplication()
    {
    }

    /// <inheritdoc/>
    public override void NotifyEndApplication()
    {
    }
}
