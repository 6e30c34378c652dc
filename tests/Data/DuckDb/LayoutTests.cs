using System.Runtime.InteropServices;
using Lhts.Data.DuckDb;

namespace Lhts.Data.Tests.DuckDb;

public sealed class LayoutTests
{
    [Test]
    public void ResultStruct_SixMembers_LastAtOffset40()
    {
        Assert.That(Marshal.SizeOf<ResultHandle.ResultStruct>(), Is.EqualTo(48));
        Assert.That((int)Marshal.OffsetOf<ResultHandle.ResultStruct>(nameof(ResultHandle.ResultStruct.InternalData)), Is.EqualTo(40));
    }

    [Test]
    public void StringStruct_InlinedAndPointer_ShareSixteenBytes()
    {
        Assert.That(Marshal.SizeOf<ColumnVector.StringStruct>(), Is.EqualTo(16));
        Assert.That((int)Marshal.OffsetOf<ColumnVector.StringStruct>(nameof(ColumnVector.StringStruct.Inlined)), Is.EqualTo(4));
        Assert.That((int)Marshal.OffsetOf<ColumnVector.StringStruct>(nameof(ColumnVector.StringStruct.Pointer)), Is.EqualTo(8));
    }

    [Test]
    public void MaxRows_OfLibrary_IsItsVectorSize() => Assert.That(TextChunk.VectorSize, Is.EqualTo(TextChunk.MaxRows));
}
