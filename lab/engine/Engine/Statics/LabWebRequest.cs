using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Firebreak.Lab.Engine.Sessions;
using Firebreak.Lab.Machines;

namespace Firebreak.Lab.Engine.Statics;

/// <summary>
/// [System.Net.WebRequest] on a machine: GET over real HTTP, from the machine's own address, as long as its network is up.
/// </summary>
public sealed class LabWebRequest
{
    private readonly Uri _uri;
    private readonly Machine _machine;
    private RangeHeaderValue? _range;

    private LabWebRequest(Uri uri, Machine machine)
    {
        _uri = uri;
        _machine = machine;
    }

    /// <summary>Milliseconds until the headers of the answer.</summary>
    public int Timeout { get; set; } = 100_000;

    /// <summary>Milliseconds of one read.</summary>
    public int ReadWriteTimeout { get; set; } = 300_000;

    /// <summary>Makes a request.</summary>
    public static LabWebRequest Create(string requestUriString) => Create(new Uri(requestUriString));

    /// <summary>Makes a request.</summary>
    public static LabWebRequest Create(Uri requestUri)
    {
        if (requestUri.Scheme is not ("http" or "https"))
        {
            throw new LabRefusalException($"[System.Net.WebRequest] for {requestUri.Scheme}:");
        }
        return new LabWebRequest(requestUri, SessionContext.Current.Machine);
    }

    /// <summary>Asks for the bytes from an offset on.</summary>
    public void AddRange(long from) => _range = new RangeHeaderValue(from, null);

    /// <summary>Sends the request; statuses of 400 and more are exceptions.</summary>
    public LabWebResponse GetResponse()
    {
        if (!_machine.Network.IsUp)
        {
            throw new WebException("Unable to connect to the remote server", WebExceptionStatus.ConnectFailure);
        }
        var handler = new SocketsHttpHandler { ConnectCallback = Connect, UseProxy = false, ConnectTimeout = TimeSpan.FromMilliseconds(Timeout) };
        var client = new HttpClient(handler) { Timeout = TimeSpan.FromMilliseconds(Timeout) };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, _uri);
            request.Headers.Range = _range;
            HttpResponseMessage response = client.Send(request, HttpCompletionOption.ResponseHeadersRead);
            if ((int)response.StatusCode >= 400)
            {
                throw new WebException($"The remote server returned an error: ({(int)response.StatusCode}) {response.ReasonPhrase}.", WebExceptionStatus.ProtocolError);
            }
            return new LabWebResponse(client, response);
        }
        catch (Exception error)
        {
            client.Dispose();
            throw error switch
            {
                WebException => error,
                TaskCanceledException => new WebException("The operation has timed out", WebExceptionStatus.Timeout),
                _ => new WebException("Unable to connect to the remote server", error, WebExceptionStatus.ConnectFailure, null),
            };
        }
    }

    private async ValueTask<Stream> Connect(SocketsHttpConnectionContext context, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(_machine.Address, 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancel).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>The answer to a <see cref="LabWebRequest"/>.</summary>
public sealed class LabWebResponse : IDisposable
{
    private readonly HttpClient _client;
    private readonly HttpResponseMessage _response;

    internal LabWebResponse(HttpClient client, HttpResponseMessage response)
    {
        _client = client;
        _response = response;
    }

    /// <summary>Status of the answer.</summary>
    public HttpStatusCode StatusCode => _response.StatusCode;

    /// <summary>Bytes that follow, -1 when the server did not tell.</summary>
    public long ContentLength => _response.Content.Headers.ContentLength ?? -1;

    /// <summary>The content.</summary>
    public Stream GetResponseStream() => _response.Content.ReadAsStream();

    /// <summary>Ends it.</summary>
    public void Close() => Dispose();

    /// <inheritdoc/>
    public void Dispose()
    {
        _response.Dispose();
        _client.Dispose();
    }
}
