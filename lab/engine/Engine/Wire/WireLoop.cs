using System.Text.Json;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Wire;

/// <summary>Reads requests line by line until the input ends or <c>shutdown</c> comes. Requests of one session keep their order.</summary>
internal static class WireLoop
{
    /// <summary>Serves one fleet.</summary>
    public static void Run(TextReader input, WireWriter wire)
    {
        using var service = new EngineService(wire);
        while (input.ReadLine() is { } line)
        {
            if (line.Length == 0)
            {
                continue;
            }
            WireRequest request;
            try
            {
                request = WireRequest.Parse(line);
            }
            catch (JsonException error)
            {
                wire.Refuse(0, "lab.bad-request", error.Message);
                continue;
            }
            if (request.Op == "shutdown")
            {
                wire.Reply(request.Id);
                return;
            }
            // Started here and not on another thread: what a request queues is queued in the order of the lines.
            _ = Answer(service, wire, request);
        }
    }

    private static async Task Answer(EngineService service, WireWriter wire, WireRequest request)
    {
        try
        {
            wire.Reply(request.Id, await service.Do(request).ConfigureAwait(false));
        }
        catch (WireError error)
        {
            wire.Refuse(request.Id, error.Code, error.Message);
        }
        catch (LabRefusalException error)
        {
            wire.Refuse(request.Id, "lab.refused", error.Message);
        }
        catch (Exception error)
        {
            EngineLog.Write($"{request.Op}: {error}");
            wire.Refuse(request.Id, "lab.failed", error.Message);
        }
    }
}
