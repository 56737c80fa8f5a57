using System.Globalization;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>What the applications of the simulated cluster answer, told by their image.</summary>
internal static class Workload
{
    /// <summary>The body a pod answers a request with.</summary>
    /// <remarks>
    /// <c>hello:TAG</c> and <c>hello-…:TAG</c> greet with the variable GREETING, or with the namespace's name; <c>echo:TAG</c> gives method, path and tag
    /// back; any other image gives its name.
    /// </remarks>
    public static string Answer(PodEndpoint pod, IngressRequest request)
    {
        var (name, tag) = Parse(pod.Image);
        return name switch
        {
            "hello" => $"Hello {Greeting(pod)} {tag}\n",
            _ when name.StartsWith("hello-", StringComparison.Ordinal) => $"Hello {Greeting(pod)} {tag}\n",
            "echo" => $"{request.Method} {request.Path} {tag}\n",
            _ => $"{pod.Image}\n",
        };
    }

    /// <summary>The line a pod begins a connection with: the greeting of <c>hello:TAG</c>, and the name of any other image.</summary>
    public static string Welcome(PodEndpoint pod) =>
        Parse(pod.Image).Name is "echo" ? $"{pod.Image}\n" : Answer(pod, IngressRequest.Get("/"));

    private static string Greeting(PodEndpoint pod) =>
        pod.Environment.GetValueOrDefault("GREETING") is { Length: > 0 } greeting ? greeting : CultureInfo.InvariantCulture.TextInfo.ToTitleCase(pod.Namespace);

    /// <summary>The last part of the repository, and the tag; a digest is no tag.</summary>
    private static (string Name, string Tag) Parse(string image)
    {
        var reference = image.Split('@')[0];
        var last = reference[(reference.LastIndexOf('/') + 1)..];
        return last.Split(':') is [var name, var tag] ? (name, tag) : (last, "latest");
    }
}
