using System.Xml.Linq;
using Orchestrator.TestKit;

namespace Orchestrator.Architecture.Tests;

/// <summary>A project file as text says it, conditions left aside: what any build of it may reference.</summary>
internal sealed record ProjectFile(string Path, string Name, IReadOnlyList<string> References, IReadOnlyList<XElement> Packages)
{
    public static IReadOnlyList<ProjectFile> All { get; } = [.. Repository.Files(".", "*.csproj").Select(Read)];

    public override string ToString() => Path;

    private static ProjectFile Read(string file)
    {
        var xml = XDocument.Load(file);
        return new ProjectFile(
            System.IO.Path.GetRelativePath(Repository.Root, file).Replace('\\', '/'),
            System.IO.Path.GetFileNameWithoutExtension(file),
            [.. xml.Descendants("ProjectReference").Select(reference => NameOf((string)reference.Attribute("Include")!))],
            [.. xml.Descendants("PackageReference")]);
    }

    private static string NameOf(string include) => System.IO.Path.GetFileNameWithoutExtension(include.Replace('\\', '/'));
}
