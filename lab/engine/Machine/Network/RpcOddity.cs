namespace Firebreak.Lab.Machines;

/// <summary>How the RPC service answers when something is wrong with it.</summary>
internal enum RpcOddity
{
    /// <summary>Nothing is.</summary>
    None,

    /// <summary>It takes connections and says nothing.</summary>
    Silent,

    /// <summary>It answers a bind with something that is no RPC.</summary>
    Garbage,

    /// <summary>It sends half of an answer and closes the connection.</summary>
    Half,

    /// <summary>It resets the connection instead of answering a call.</summary>
    Reset,

    /// <summary>It answers calls with a fault.</summary>
    Fault,

    /// <summary>Its answers are shorter than they may be.</summary>
    Short,
}
