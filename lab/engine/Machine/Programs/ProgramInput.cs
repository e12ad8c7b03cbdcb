using System.Collections.Concurrent;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>Standard input that is a pipe: bytes come in at one end, lines are read at the other.</summary>
/// <param name="encoding">Of the bytes.</param>
public sealed class ProgramInput(Encoding encoding) : IDisposable
{
    private readonly Decoder _decoder = encoding.GetDecoder();
    private readonly BlockingCollection<string> _lines = [];
    private readonly StringBuilder _rest = new();

    /// <summary>Adds what was sent; not to be called by two threads at once. What comes after the end is ignored.</summary>
    public void Add(ReadOnlySpan<byte> data, bool isEnd)
    {
        if (_lines.IsAddingCompleted)
        {
            return;
        }

        char[] text = new char[_decoder.GetCharCount(data, isEnd)];
        _rest.Append(text, 0, _decoder.GetChars(data, text, isEnd));
        string all = _rest.ToString();
        int from = 0;
        for (int at = all.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = all.IndexOf('\n', from))
        {
            _lines.Add(all[from..at].TrimEnd('\r'));
            from = at + 1;
        }

        _rest.Remove(0, from);
        if (isEnd)
        {
            if (_rest.Length > 0)
            {
                _lines.Add(_rest.ToString());
            }

            _lines.CompleteAdding();
        }
    }

    /// <summary>The lines up to the end of the input, as they come.</summary>
    /// <exception cref="OperationCanceledException">The reader was ended.</exception>
    public IEnumerable<string> Lines(CancellationToken cancellation) => _lines.GetConsumingEnumerable(cancellation);

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();
}
