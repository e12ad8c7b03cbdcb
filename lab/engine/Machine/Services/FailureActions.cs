using System.Buffers.Binary;
using System.Globalization;

namespace Firebreak.Lab.Machines;

/// <summary>One thing to do when the process of a service has died.</summary>
/// <param name="IsReboot">Restart the system, or the service.</param>
/// <param name="Delay">After that long.</param>
public sealed record FailureAction(bool IsReboot, TimeSpan Delay);

/// <summary>
/// What the service control manager does each time the process of a service dies, the last for all later times; null =
/// nothing. Stored as the REG_BINARY FailureActions (SERVICE_FAILURE_ACTIONS as on 32-bit systems).
/// </summary>
/// <param name="ResetSeconds">Without a failure for so long counting begins anew (not emulated).</param>
/// <param name="Actions">By the number of the failure.</param>
public sealed record FailureActions(int ResetSeconds, IReadOnlyList<FailureAction?> Actions)
{
    private const int HeaderSize = 20;

    /// <summary>Nothing happens.</summary>
    public static FailureActions None { get; } = new(0, []);

    /// <summary>Reads none, restart/MS, reboot/MS.</summary>
    /// <exception cref="ArgumentException">Something else.</exception>
    public static FailureActions Parse(IEnumerable<string> words, int reset = 0) => new(reset, [.. words.Select(Word)]);

    /// <summary>The action of a failure, counted from 0.</summary>
    public FailureAction? At(int failure) => Actions.Count == 0 ? null : Actions[Math.Min(failure, Actions.Count - 1)];

    /// <inheritdoc/>
    public override string ToString() =>
        string.Join('/', Actions.Select(a => a is null ? "none/0" : string.Create(CultureInfo.InvariantCulture, $"{(a.IsReboot ? "reboot" : "restart")}/{a.Delay.TotalMilliseconds}")));

    internal byte[] Encode()
    {
        byte[] data = new byte[HeaderSize + (8 * Actions.Count)];
        BinaryPrimitives.WriteInt32LittleEndian(data, ResetSeconds);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(12), Actions.Count);
        BinaryPrimitives.WriteInt32LittleEndian(data.AsSpan(16), HeaderSize);
        for (int i = 0; i < Actions.Count; i++)
        {
            Span<byte> at = data.AsSpan(HeaderSize + (8 * i));
            BinaryPrimitives.WriteInt32LittleEndian(at, Actions[i] is not { } action ? 0 : action.IsReboot ? 2 : 1);
            BinaryPrimitives.WriteInt32LittleEndian(at[4..], (int)(Actions[i]?.Delay.TotalMilliseconds ?? 0));
        }

        return data;
    }

    internal static FailureActions Decode(byte[] data)
    {
        if (data.Length < HeaderSize)
        {
            return None;
        }

        int count = Math.Min(BinaryPrimitives.ReadInt32LittleEndian(data.AsSpan(12)), (data.Length - HeaderSize) / 8);
        List<FailureAction?> actions = [];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> at = data.AsSpan(HeaderSize + (8 * i));
            TimeSpan delay = TimeSpan.FromMilliseconds(BinaryPrimitives.ReadInt32LittleEndian(at[4..]));
            actions.Add(BinaryPrimitives.ReadInt32LittleEndian(at) switch { 1 => new(false, delay), 2 => new(true, delay), _ => null });
        }

        return new(BinaryPrimitives.ReadInt32LittleEndian(data), actions);
    }

    private static FailureAction? Word(string word)
    {
        string[] parts = word.Split('/');
        int ms = parts.Length == 2 && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
        return parts[0].ToLowerInvariant() switch
        {
            "restart" => new(false, TimeSpan.FromMilliseconds(ms)),
            "reboot" => new(true, TimeSpan.FromMilliseconds(ms)),
            "none" or "" => null,
            _ => throw new ArgumentException($"the lab has no failure action {word}"),
        };
    }
}
