using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Provider;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Providers;

/// <summary>Set-Content and Add-Content on a file. The file is open while the pipeline writes, shared for reading.</summary>
internal sealed class FileContentWriter(string path, ContentWriterParameters parameters) : IContentWriter
{
    private readonly LabFileStream _stream = SessionContext.Current.Files.Open(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);

    public IList Write(IList content)
    {
        foreach (object? item in content)
        {
            object? plain = item is PSObject wrapped ? wrapped.BaseObject : item;
            if (parameters.Encoding == FileEncoding.Byte)
            {
                _stream.Write(plain is byte[] many ? many : [LanguagePrimitives.ConvertTo<byte>(plain)]);
                continue;
            }
            System.Text.Encoding encoding = FileEncodings.Of(parameters.Encoding);
            if (_stream.Position == 0 && encoding.Preamble.Length > 0)
            {
                _stream.Write(encoding.Preamble);
            }
            _stream.Write(encoding.GetBytes(LanguagePrimitives.ConvertTo<string>(item) + (parameters.NoNewline ? "" : "\r\n")));
        }
        return content;
    }

    public IList Read(long readCount) => throw new NotSupportedException();

    public void Seek(long offset, SeekOrigin origin) => _stream.Seek(offset, origin);

    public void Close() => _stream.Dispose();

    public void Dispose() => _stream.Dispose();
}
