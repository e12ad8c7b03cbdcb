using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>auditpol.exe /backup /file:X (Vista and later): of all subcategories the lab has Logon and Logoff.</summary>
internal sealed class AuditPolProgram : ILabProgram
{
    private static readonly string[] s_words = ["No Auditing", "Success", "Failure", "Success and Failure"];

    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (arguments.Count != 2 || !arguments[0].Equals("/backup", StringComparison.OrdinalIgnoreCase) || !arguments[1].StartsWith("/file:", StringComparison.OrdinalIgnoreCase))
        {
            throw new LabRefusalException($"auditpol {string.Join(' ', arguments)}");
        }

        if (!context.IsAdmin)
        {
            return new(1314, "", "Error 0x00000522 occurred:\r\nA required privilege is not held by the client.\r\n");
        }

        StringBuilder text = new("Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value\r\n");
        Line(text, machine, "Logon", "{0cce9215-69ae-11d9-bed3-505054503030}", machine.AuditLogon);
        Line(text, machine, "Logoff", "{0cce9216-69ae-11d9-bed3-505054503030}", machine.AuditLogon & 1);
        machine.Files.WriteBytes(machine.Files.Normalize(arguments[1]["/file:".Length..], context.CurrentDirectory), Encoding.Latin1.GetBytes(text.ToString()));
        return new(0, "The command was successfully executed.\r\n");
    }

    private static void Line(StringBuilder text, Machine machine, string name, string id, int setting) =>
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"{machine.Name},System,{name},{id},{s_words[setting]},,{setting}\r\n");
}
