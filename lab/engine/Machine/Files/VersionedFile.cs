using System.Buffers.Binary;
using System.Text;

namespace Firebreak.Lab.Machines;

/// <summary>The beginning of a program file (PE) with a version resource, for whoever reads a copy of it elsewhere. It runs nowhere.</summary>
internal static class VersionedFile
{
    public const int Size = 0x400;
    private const int Header = 0x80;
    private const int Optional = Header + 24;
    private const int Section = Optional + 224;
    private const int Resources = 0x200;
    private const int Address = 0x1000;
    private const int Version = Resources + 0x60;

    public static byte[] Make(Version version)
    {
        byte[] file = new byte[Size];
        void Word(int at, int value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), (ushort)value);
        void Double(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
        void Directory(int at, uint id, uint place)
        {
            Word(at + 14, 1);
            Double(at + 16, id);
            Double(at + 20, place);
        }

        "MZ"u8.CopyTo(file);
        Double(0x3c, Header);
        "PE\0\0"u8.CopyTo(file.AsSpan(Header));
        Word(Header + 4, 0x14c);
        Word(Header + 6, 1);
        Word(Header + 20, 224);
        Word(Optional, 0x10b);
        Double(Optional + 92, 16);
        Double(Optional + 96 + 16, Address);
        Double(Optional + 96 + 20, 0x200);
        ".rsrc"u8.CopyTo(file.AsSpan(Section));
        Double(Section + 8, 0x200);
        Double(Section + 12, Address);
        Double(Section + 16, 0x200);
        Double(Section + 20, Resources);
        // Type (version), name, language: one of each.
        Directory(Resources, 16, 0x80000018);
        Directory(Resources + 0x18, 1, 0x80000030);
        Directory(Resources + 0x30, 1033, 0x48);
        Double(Resources + 0x48, Address + 0x60);
        Double(Resources + 0x4c, 0x5c);
        Word(Version, 0x5c);
        Word(Version + 2, 0x34);
        Encoding.Unicode.GetBytes("VS_VERSION_INFO").CopyTo(file.AsSpan(Version + 6));
        Double(Version + 0x28, 0xfeef04bd);
        Double(Version + 0x2c, 0x10000);
        Double(Version + 0x30, ((uint)version.Major << 16) | (uint)version.Minor);
        Double(Version + 0x34, ((uint)version.Build << 16) | (uint)version.Revision);
        return file;
    }
}
