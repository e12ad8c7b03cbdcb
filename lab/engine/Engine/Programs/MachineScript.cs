using System.Management.Automation;
using System.Management.Automation.Language;
using System.Management.Automation.Runspaces;
using System.Reflection;
using System.Runtime.CompilerServices;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>Scripts that are files of a machine.</summary>
internal static class MachineScript
{
    private static readonly FieldInfo PathField = typeof(ExternalScriptInfo).GetField("_path", BindingFlags.Instance | BindingFlags.NonPublic)
        ?? throw new MissingFieldException(nameof(ExternalScriptInfo), "_path");

    private static readonly ConditionalWeakTable<ExternalScriptInfo, object> Made = [];

    /// <summary>The script as a command of the session on this thread.</summary>
    /// <exception cref="ParseException">It is no PowerShell.</exception>
    public static ExternalScriptInfo Command(SessionContext context, string path, System.Management.Automation.ExecutionContext engine)
    {
        string text = Read(context, path);
        ScriptBlockAst ast = Parser.ParseInput(text, path, out _, out ParseError[] errors);
        if (errors.Length > 0)
        {
            throw new ParseException(errors);
        }
        // The engine's own kind of command for scripts, with its content put in: it is never read from this system's disk.
        var command = new ExternalScriptInfo(path, path, engine)
        {
            _scriptContents = text,
            _originalEncoding = context.Ansi,
            _scriptBlock = new ScriptBlock(ast, isFilter: false),
        };
        // It made a path of this system from it.
        PathField.SetValue(command, path);
        Made.Add(command, command);
        return command;
    }

    /// <summary>Whether a command was made here, and not found on this system's disk.</summary>
    public static bool IsMachines(CommandInfo? command) => command is ExternalScriptInfo script && Made.TryGetValue(script, out _);

    // As Windows PowerShell: a byte order mark decides, without one it is ANSI.
    private static string Read(SessionContext context, string path)
    {
        using var reader = new StreamReader(new MemoryStream(context.Files.ReadBytes(path)), context.Ansi, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }
}
