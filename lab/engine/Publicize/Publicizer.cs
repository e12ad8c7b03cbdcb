using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Firebreak.Lab.Publicize;

/// <summary>
/// Rewrites the visibility bits of an assembly image, so that a compiler sees every type, method and field. The result
/// is for compiling against only: what runs is the untouched original (with IgnoresAccessChecksToAttribute).
/// </summary>
internal static class Publicizer
{
    // ECMA-335 II.23.1.15, II.23.1.10, II.23.1.5: the low three bits are the visibility.
    private const int VisibilityMask = 7;
    private const int TypePublic = 1;
    private const int TypeNestedPublic = 2;
    private const int MemberPublic = 6;

    /// <summary>Returns a copy of <paramref name="source"/> with its types and members public.</summary>
    /// <remarks>
    /// Protected members stay protected, because overrides must repeat the visibility of what they override; a field
    /// that backs an event of the same name stays hidden, because a compiler could not tell the two apart.
    /// </remarks>
    public static byte[] MakePublic(byte[] source)
    {
        byte[] image = (byte[])source.Clone();
        using var portable = new PEReader(new MemoryStream(source));
        MetadataReader metadata = portable.GetMetadataReader();
        int start = portable.PEHeaders.MetadataStartOffset;

        foreach (int at in Rows(metadata, start, TableIndex.TypeDef))
        {
            Span<byte> flags = image.AsSpan(at, 4);
            uint value = BinaryPrimitives.ReadUInt32LittleEndian(flags);
            uint visibility = (value & VisibilityMask) <= TypePublic ? TypePublic : (uint)TypeNestedPublic;
            BinaryPrimitives.WriteUInt32LittleEndian(flags, (value & ~(uint)VisibilityMask) | visibility);
        }

        // A method row is RVA (4 bytes), implementation flags (2), flags (2).
        foreach (int at in Rows(metadata, start, TableIndex.MethodDef))
        {
            OpenMember(image.AsSpan(at + 6, 2));
        }

        HashSet<int> events = EventFields(metadata);
        int row = 0;
        foreach (int at in Rows(metadata, start, TableIndex.Field))
        {
            if (!events.Contains(++row))
            {
                OpenMember(image.AsSpan(at, 2));
            }
        }
        return image;
    }

    private static IEnumerable<int> Rows(MetadataReader metadata, int start, TableIndex table)
    {
        int first = start + metadata.GetTableMetadataOffset(table);
        int size = metadata.GetTableRowSize(table);
        return Enumerable.Range(0, metadata.GetTableRowCount(table)).Select(row => first + row * size);
    }

    private static void OpenMember(Span<byte> flags)
    {
        ushort value = BinaryPrimitives.ReadUInt16LittleEndian(flags);
        // 1 private, 2 private protected, 3 internal
        if ((value & VisibilityMask) is >= 1 and <= 3)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)((value & ~VisibilityMask) | MemberPublic));
        }
    }

    private static HashSet<int> EventFields(MetadataReader metadata)
    {
        var rows = new HashSet<int>();
        foreach (TypeDefinition type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
        {
            HashSet<string> events = [.. type.GetEvents().Select(e => metadata.GetString(metadata.GetEventDefinition(e).Name))];
            rows.UnionWith(type.GetFields()
                .Where(field => events.Contains(metadata.GetString(metadata.GetFieldDefinition(field).Name)))
                .Select(field => MetadataTokens.GetRowNumber(field)));
        }
        return rows;
    }
}
