using System.Collections;
using System.Management.Automation.Provider;
using System.Text;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>Get-Content on a file: lines, the whole, or bytes.</summary>
internal sealed class FileContentReader : IContentReader
{
    private readonly Queue<object> _items;

    public FileContentReader(string path, ContentReaderParameters parameters)
    {
        if (parameters.Wait)
        {
            throw new LabRefusalException("Get-Content -Wait");
        }
        SessionContext context = SessionContext.Current;
        byte[] bytes = context.Files.ReadBytes(context.FullPath(path));
        if (parameters.Encoding == FileEncoding.Byte)
        {
            _items = new Queue<object>(parameters.Raw ? [bytes] : bytes.Select(b => (object)b));
            return;
        }
        using var reader = new StreamReader(new MemoryStream(bytes), FileEncodings.Of(parameters.Encoding), detectEncodingFromByteOrderMarks: true);
        string text = reader.ReadToEnd();
        _items = new Queue<object>(parameters.Raw ? text.Length > 0 ? [text] : [] : Lines(text, parameters.Delimiter));
    }

    public IList Read(long readCount)
    {
        var result = new ArrayList();
        while (_items.Count > 0 && (readCount <= 0 || result.Count < readCount))
        {
            result.Add(_items.Dequeue());
        }
        return result;
    }

    public void Seek(long offset, SeekOrigin origin)
    {
        // Only from the end, as Get-Content -Tail asks for.
        if (origin == SeekOrigin.End)
        {
            while (_items.Count > -offset)
            {
                _items.Dequeue();
            }
        }
    }

    public void Close()
    {
    }

    public void Dispose()
    {
    }

    private static IEnumerable<object> Lines(string text, string delimiter)
    {
        if (text.Length == 0)
        {
            return [];
        }
        string[] lines = delimiter == "\n" ? text.ReplaceLineEndings("\n").Split('\n') : text.Split(delimiter);
        return lines[^1].Length == 0 ? lines.SkipLast(1) : lines;
    }
}
