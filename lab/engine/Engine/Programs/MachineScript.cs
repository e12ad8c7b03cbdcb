using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Text;
using Firebreak.Lab.Engine.Sessions;

namespace Firebreak.Lab.Engine.Programs;

/// <summary>Scripts that are files of a machine.</summary>
internal static class MachineScript
{
    /// <summary>The script as a command of the session on this thread.</summary>
    /// <exception cref="ParseException">It is no PowerShell.</exception>
    public static CommandInfo Command(SessionContext context, string path) =>
        new FunctionInfo(path, Parse(context, path), LocalPipeline.GetExecutionContextFromTLS());

    /// <summary>Reads and parses a script.</summary>
    public static ScriptBlock Parse(SessionContext context, string path)
    {
        string text = Read(context, path);
        System.Management.Automation.Language.ScriptBlockAst ast = System.Management.Automation.Language.Parser.ParseInput(text, path, out _, out var errors);
        return errors.Length > 0 ? throw new ParseException(errors) : new ScriptBlock(ast, isFilter: false);
    }

    // As Windows PowerShell: a byte order mark decides, without one it is ANSI.
    private static string Read(SessionContext context, string path)
    {
        using var reader = new StreamReader(new MemoryStream(context.Machine.Files.ReadBytes(path)), context.Ansi, detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }
}
