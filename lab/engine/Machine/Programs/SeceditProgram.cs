using System.Globalization;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>secedit.exe /export /cfg FILE [/areas SECURITYPOLICY] [/quiet]: of the template the lab has what is audited.</summary>
internal sealed class SeceditProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        string? file = null;
        Slashes reader = new(arguments);
        while (reader.Next(out string argument))
        {
            switch (argument.ToLowerInvariant())
            {
                case "/export" or "/quiet":
                    break;
                case "/cfg":
                    file = reader.Value();
                    break;
                case "/areas" when reader.Value() is { } area && area.Equals("SECURITYPOLICY", StringComparison.OrdinalIgnoreCase):
                    break;
                default:
                    throw new LabRefusalException($"secedit {string.Join(' ', arguments)}");
            }
        }

        if (file is null)
        {
            throw new LabRefusalException($"secedit {string.Join(' ', arguments)}");
        }

        if (!context.IsAdmin)
        {
            return new(1, "", "Access is denied.\r\n");
        }

        string text = string.Create(CultureInfo.InvariantCulture, $"[Unicode]\r\nUnicode=yes\r\n[Event Audit]\r\nAuditSystemEvents = 0\r\nAuditLogonEvents = {machine.AuditLogon}\r\nAuditObjectAccess = 0\r\n[Version]\r\nsignature=\"$CHICAGO$\"\r\nRevision=1\r\n");
        machine.Files.WriteBytes(machine.Files.Normalize(file, context.CurrentDirectory), [0xff, 0xfe, .. Encoding.Unicode.GetBytes(text)]);
        return new(0, "");
    }
}
