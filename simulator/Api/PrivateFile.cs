using System.Text;

namespace Orchestrator.Simulator.Api;

/// <summary>Files with keys in them: readable by their owner alone, and never half written.</summary>
internal static class PrivateFile
{
    public static void Write(string path, string content)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options)) stream.Write(Encoding.UTF8.GetBytes(content));
        File.Move(temporary, path, overwrite: true);
    }
}
