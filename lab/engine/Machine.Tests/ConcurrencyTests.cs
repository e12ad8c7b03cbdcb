namespace Firebreak.Lab.Machines.Tests;

public sealed class ConcurrencyTests
{
    [Fact]
    public async Task Many_threads_at_once_neither_break_nor_block_the_machine()
    {
        using TestMachine test = new();
        Machine machine = test.Machine;
        Task[] work =
        [
            .. Enumerable.Range(0, 4).Select(n => Task.Run(() =>
            {
                for (int i = 0; i < 25; i++)
                {
                    test.Netsh($"add policy name=p{n}-{i} assign=yes");
                    test.Netsh($"add filter filterlist=l{n} srcaddr=127.0.{n}.{i} dstaddr=me protocol=TCP dstport=445");
                    machine.Files.WriteText($@"C:\ProgramData\f{n}", $"{i}");
                    machine.Registry.SetValue($@"HKLM\SOFTWARE\Stress\{n}", $"{i}", RegistryValue.Dword(i));
                    machine.Accounts.Logon("Administrator", "Secret-1");
                    _ = machine.Ports.IsOpen(test.Address, 445);
                }
            })),
            Task.Run(() =>
            {
                for (int i = 0; i < 25; i++)
                {
                    machine.Services.Stop("LanmanServer", force: true);
                    machine.Services.Start("LanmanServer");
                    machine.Network.Lose(null);
                    machine.Network.Restore();
                }
            }),
        ];
        await Task.WhenAll(work).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(100, machine.Ipsec.Policies.Count);
        Assert.Equal(100, test.Count("logon", "granted", "true"));
        Assert.Equal(100, Enumerable.Range(0, 4).Sum(n => machine.Registry.Values($@"HKLM\SOFTWARE\Stress\{n}")!.Count));
        Assert.Equal(26, test.Events.Count(e => e == "up"));
        Assert.True(Probe.Answers(test, 445, System.Net.IPAddress.Loopback));
    }
}
