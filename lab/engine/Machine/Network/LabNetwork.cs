using System.Collections.Concurrent;
using System.Net;

namespace Firebreak.Lab.Machines;

/// <summary>The machines of one lab that can find each other: by NetBIOS name, DNS name, name in the lab, or address.</summary>
public sealed class LabNetwork
{
    private readonly ConcurrentDictionary<string, Machine> _names = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Puts a machine on the network.</summary>
    public void Join(Machine machine)
    {
        machine.Network.Lan = this;
        _names.TryAdd(machine.Host, machine);
        _names.TryAdd(machine.Name, machine);
        _names.TryAdd(machine.Address.ToString(), machine);
        if (machine.Os.Domain is { } domain)
        {
            _names.TryAdd($"{machine.Name}.{domain}", machine);
        }
    }

    /// <summary>The machine of a name or address, or null.</summary>
    public Machine? Find(string name) =>
        _names.TryGetValue(name, out Machine? machine) || (IPAddress.TryParse(name, out IPAddress? address) && _names.TryGetValue(address.ToString(), out machine)) ? machine : null;
}
