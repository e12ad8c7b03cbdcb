using System.Globalization;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>quser.exe: users who are logged on. Without any it says so and ends with 1.</summary>
internal sealed class QuserProgram : ILabProgram
{
    public ProgramResult Run(Machine machine, IReadOnlyList<string> arguments, ProgramContext context)
    {
        if (arguments.Count > 0)
        {
            throw new LabRefusalException($"quser {string.Join(' ', arguments)}");
        }

        if (machine.Sessions.All.Count == 0)
        {
            return new(1, "", "No User exists for *\r\n");
        }

        StringBuilder text = new(" USERNAME              SESSIONNAME        ID  STATE   IDLE TIME  LOGON TIME\r\n");
        foreach (UserSession session in machine.Sessions.All)
        {
            string name = session.Disconnected ? "" : session.Remote ? $"rdp-tcp#{session.Id}" : "console";
            string state = session.Disconnected ? "Disc" : "Active";
            string since = session.Since.ToOffset(machine.Os.UtcOffset).ToString("M/d/yyyy h:mm tt", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $" {session.User.ToLowerInvariant(),-20}  {name,-17} {session.Id,3}  {state,-6}  {"none",9}  {since}\r\n");
        }

        return new(0, text.ToString());
    }
}
